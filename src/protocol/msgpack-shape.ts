/** Arrays and maps inside one another. */
const deepest = 64;

/**
 * Throws RangeError unless `bytes` are one whole value of msgpack. A decoder makes room for as many items as an array
 * claims to have; here nothing is made, so that a few bytes which claim millions of items cost nothing.
 * @param items how many there may be; what there are is taken off
 */
export function checkShape(bytes: Uint8Array, items: { left: number }): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Items still to come, of each array or map that is open. */
  const open = [1];
  let at = 0;
  while (open.length > 0) {
    const top = open.length - 1;
    if (open[top] === 0) {
      open.pop();
      continue;
    }
    open[top] = (open[top] as number) - 1;
    if (--items.left < 0) throw new RangeError("a message has too many items");
    const item = itemAt(view, at);
    at += item.bytes;
    const left = bytes.length - at;
    if (left < 0 || item.items > left) throw new RangeError("a message is cut off");
    if (item.items > 0 && open.push(item.items) > deepest) throw new RangeError("a message is nested too deep");
  }
  if (at !== bytes.length) throw new RangeError("a message is followed by something else");
}

/** How long the item at `at` is, without what stands inside it, and how many items do. DataView checks the bounds. */
function itemAt(view: DataView, at: number): { readonly bytes: number; readonly items: number } {
  const first = view.getUint8(at);
  if (first < 0x80 || first >= 0xe0) return plain(1);
  if (first < 0x90) return { bytes: 1, items: 2 * (first & 0x0f) };
  if (first < 0xa0) return { bytes: 1, items: first & 0x0f };
  if (first < 0xc0) return plain(1 + (first & 0x1f));
  const u8 = () => view.getUint8(at + 1);
  const u16 = () => view.getUint16(at + 1);
  const u32 = () => view.getUint32(at + 1);
  switch (first) {
    case 0xc0: // nil, false, true
    case 0xc2:
    case 0xc3:
      return plain(1);
    case 0xc4: // bin, str
    case 0xd9:
      return plain(2 + u8());
    case 0xc5:
    case 0xda:
      return plain(3 + u16());
    case 0xc6:
    case 0xdb:
      return plain(5 + u32());
    case 0xc7: // ext
      return plain(3 + u8());
    case 0xc8:
      return plain(4 + u16());
    case 0xc9:
      return plain(6 + u32());
    case 0xca: // float32, uint32, int32
    case 0xce:
    case 0xd2:
      return plain(5);
    case 0xcb: // float64, uint64, int64
    case 0xcf:
    case 0xd3:
      return plain(9);
    case 0xcc: // uint8, int8
    case 0xd0:
      return plain(2);
    case 0xcd: // uint16, int16
    case 0xd1:
      return plain(3);
    case 0xd4: // fixext 1, 2, 4, 8, 16
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return plain(2 + 2 ** (first - 0xd4));
    case 0xdc: // array
      return { bytes: 3, items: u16() };
    case 0xdd:
      return { bytes: 5, items: u32() };
    case 0xde: // map
      return { bytes: 3, items: 2 * u16() };
    case 0xdf:
      return { bytes: 5, items: 2 * u32() };
    default:
      throw new RangeError("a message has an unknown type of item");
  }
}

function plain(bytes: number): { readonly bytes: number; readonly items: number } {
  return { bytes, items: 0 };
}
