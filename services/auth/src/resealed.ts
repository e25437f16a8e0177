/** What one step of sealing anew has done. */
export interface Resealed {
  readonly resealed: number;
  /** Under no key that there is: they are left as they are. */
  readonly unreadable: number;
}
