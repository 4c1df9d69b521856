/** `client.headers`: fetch's own `Headers`, which also tells that it was changed. */
export function sessionHeaders(onChange: () => void): Headers {
  const headers = new Headers();
  const tell =
    <A extends unknown[]>(change: (...args: A) => void) =>
    (...args: A): void => {
      change(...args);
      onChange();
    };
  return Object.defineProperties(headers, {
    set: { value: tell(headers.set.bind(headers)) },
    append: { value: tell(headers.append.bind(headers)) },
    delete: { value: tell(headers.delete.bind(headers)) },
  });
}
