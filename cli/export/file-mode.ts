/** Exports are personal data: nobody else on the machine reads them. */
export const OWNER_ONLY = 0o600;
