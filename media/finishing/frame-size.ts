/** Width and height in a VP8 key frame (RFC 6386, section 9.1), or null when it is none. */
export function vp8Size(frame: Buffer): { width: number; height: number } | null {
  if (frame.length < 10 || frame.readUIntBE(3, 3) !== 0x9d012a) return null;
  return { width: frame.readUInt16LE(6) & 0x3fff, height: frame.readUInt16LE(8) & 0x3fff };
}

/**
 * Width and height in the first sequence parameter set of an H.264 baseline stream (H.264, section 7.3.2.1.1; Annex B), or
 * null when there is none. Cropping is left out: the size only dimensions the canvas.
 */
export function h264Size(frame: Buffer): { width: number; height: number } | null {
  for (let at = frame.indexOf('000001', 0, 'hex'); at >= 0; at = frame.indexOf('000001', at + 3, 'hex')) {
    if (((frame[at + 3] ?? 0) & 0x1f) === 7) return readParameterSet(frame.subarray(at + 4));
  }
  return null;
}

function readParameterSet(bytes: Buffer): { width: number; height: number } {
  let bit = 24; // profile_idc, constraint flags and level_idc
  const flag = () => {
    const value = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
    bit += 1;
    return value;
  };
  const number = () => {
    let zeros = 0;
    while (flag() === 0 && zeros < 32) zeros += 1;
    let value = 1;
    for (let i = 0; i < zeros; i += 1) value = value * 2 + flag();
    return value - 1;
  };
  number(); // seq_parameter_set_id
  number(); // log2_max_frame_num_minus4
  const order = number(); // pic_order_cnt_type
  if (order === 0) number();
  else if (order === 1) {
    flag();
    number();
    number();
    const cycle = Math.min(number(), 255);
    for (let i = 0; i < cycle; i += 1) number();
  }
  number(); // max_num_ref_frames
  flag(); // gaps_in_frame_num_value_allowed_flag
  const width = (number() + 1) * 16;
  const rows = number() + 1;
  return { width, height: rows * 16 * (2 - flag()) };
}
