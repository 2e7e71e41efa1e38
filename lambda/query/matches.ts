/** How a window is matched: connected at any time in it, established in it, or ended in it. */
export const MATCHES = ['overlap', 'started', 'ended'] as const;
