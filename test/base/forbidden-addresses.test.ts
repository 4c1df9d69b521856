import fc from "fast-check";
import { expect, test } from "vitest";
import { forbiddenAddress, forbiddenHost } from "../../src/base/forbidden-addresses.ts";

const hex = (n: number) => n.toString(16);
/** Every way an IPv4 address can be written inside IPv6. */
const formsOf = (v4: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
  const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)];
  return [
    v4,
    `::ffff:${v4}`,
    `::ffff:${high}:${low}`,
    `0:0:0:0:0:FFFF:${high}:${low}`,
    `::ffff:0:${v4}`,
    `::${v4}`,
    `64:ff9b::${v4}`,
    `64:ff9b:1::${v4}`,
    `2002:${high}:${low}::1`,
  ];
};

test.each(["169.254.169.254", "169.254.170.23", "168.63.129.16", "100.100.100.200", "192.0.0.192"])(
  "%s is a metadata address, however it is written",
  (address) => {
    for (const form of formsOf(address)) expect(forbiddenAddress(form), form).toMatch(/metadata address/);
  },
);

test.each(["fd00:ec2::254", "fd00:ec2::23", "FD00:0EC2:0:0::0254", "fd20:ce::254", "fd00:42::42", "fd00:a9fe:a9fe::1"])(
  "%s is a metadata address",
  (address) => expect(forbiddenAddress(address)).toMatch(/metadata address/),
);

test.each(["fe80::1", "fe80::1%eth0", "febf:ffff::1"])("%s is link-local", (address) =>
  expect(forbiddenAddress(address)).toBeDefined(),
);

test.each(["metadata.google.internal", "METADATA.google.internal.", "[fd00:ec2::254]", "169.254.169.254"])(
  "%s is no host to load",
  (host) => expect(forbiddenHost(host)).toMatch(/metadata address/),
);

test.each(["127.0.0.1", "::1", "10.0.0.5", "fd00::1", "fec0::1", "2001:db8::a9fe:a9fe", "shop.example", "", "1.2.3"])(
  "%s may be a target",
  (host) => expect(forbiddenHost(host)).toBeUndefined(),
);

test("every address of 169.254.0.0/16 is link-local in every form, and its neighbours are not", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, (c, d) => {
      for (const form of formsOf(`169.254.${c}.${d}`)) expect(forbiddenAddress(form), form).toBeDefined();
      for (const beside of [`169.253.${c}.${d}`, `169.255.${c}.${d}`, `10.254.${c}.${d}`]) {
        for (const form of formsOf(beside)) expect(forbiddenAddress(form), form).toBeUndefined();
      }
    }),
  );
});
