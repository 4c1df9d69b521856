/** Why a file is not plain: for the compiler that can do everything. */
export class NotPlain extends Error {
  override readonly name = "NotPlain";
}
