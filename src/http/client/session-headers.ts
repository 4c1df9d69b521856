/** `client.headers`: fetch's own `Headers`, which also notes that it was changed. */
export function sessionHeaders(onChange: () => void): Headers {
  const headers = new Headers();
  const noting =
    <A extends unknown[]>(change: (...args: A) => void) =>
    (...args: A): void => {
      change(...args);
      onChange();
    };
  return Object.defineProperties(headers, {
    set: { value: noting(headers.set.bind(headers)) },
    append: { value: noting(headers.append.bind(headers)) },
    delete: { value: noting(headers.delete.bind(headers)) },
  });
}
