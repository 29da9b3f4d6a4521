// Where things of the map lie, in pixels: time runs to the right on a wide page, downwards on a phone.

const WIDE = 720;

export function geometry(width, lanes, duration) {
  return width >= WIDE ? wide(width, lanes, duration) : tall(width, lanes, duration);
}

function wide(width, lanes, duration) {
  const left = 168, right = width - 10, top = 52, lane = 24, density = 58;
  const bottom = top + lanes * lane;
  const along = (seconds) => left + ((right - left) * seconds) / duration;
  const rect = (start, end, from, to) => ({ x: along(start), y: from, width: Math.max(2, along(end) - along(start) - 0.8), height: to - from });
  return {
    isWide: true, width, height: bottom + density + 36, left, right, top, bottom, lane, along, rect,
    chapters: [22, 44], density: [bottom + 12, bottom + 12 + density],
    point: (seconds, across) => ({ x: along(seconds), y: across }),
    secondsAt: (x) => ((x - left) / (right - left)) * duration,
    laneAt: (x, y) => Math.floor((y - top) / lane),
    tickStep: [300, 600, 900, 1200, 1800, 3600].find((step) => (right - left) / (duration / step) > 76) || 7200,
  };
}

function tall(width, lanes, duration) {
  const left = 56, top = 30, strip = 30;
  const right = width - strip - 6, lane = (right - left) / lanes;
  const bottom = top + Math.max(520, (duration / 60) * 7.5);
  const along = (seconds) => top + ((bottom - top) * seconds) / duration;
  const rect = (start, end, from, to) => ({ x: from, y: along(start), width: to - from, height: Math.max(2, along(end) - along(start) - 0.8) });
  return {
    isWide: false, width, height: bottom + 14, left, right, top, bottom, lane, along, rect,
    chapters: [left, right], density: [right + 6, width],
    point: (seconds, across) => ({ x: across, y: along(seconds) }),
    secondsAt: (x, y) => ((y - top) / (bottom - top)) * duration,
    laneAt: (x) => Math.floor((x - left) / lane),
    tickStep: [60, 120, 300, 600, 900, 1800].find((step) => (bottom - top) / (duration / step) > 40) || 3600,
  };
}

// Across the lanes: from where to where lane `lane` (slot `slot` of `slots`) reaches.
export function slotOf(geo, bar) {
  const start = (geo.isWide ? geo.top : geo.left) + bar.lane * geo.lane + 2;
  const each = (geo.lane - 4) / bar.slots;
  return [start + each * bar.slot + 0.3, start + each * (bar.slot + 1) - 0.3];
}
