/** How the tiles of the presenter's wall stand: those on stage above, the other rooms below them. */
export interface WallShape {
  stage: Part;
  rooms: Part;
}

interface Part {
  /** 1, 2 or 3. */
  columns: number;
  rows: number;
  /** On a low wall the words stand beside the picture, which is larger so than above them. */
  beside: boolean;
}

/** Made for a wall of 456×530, as a screen of 1366×768 leaves it: eight rooms are all seen, four of them on stage or none. */
export function wallShape(rooms: number, onStage: number): WallShape {
  const others = rooms - onStage;
  const columns = onStage > 0 ? columnsBelowStage(others) : columnsAlone(others);
  const rowsOf = (tiles: number, inRow: number): number => Math.ceil(tiles / inRow);
  const stageColumns = onStage > 1 ? 2 : 1;
  const rows = rowsOf(others, columns);
  return {
    stage: { columns: stageColumns, rows: rowsOf(onStage, stageColumns), beside: onStage === 1 && rows > 2 },
    rooms: { columns, rows, beside: columns === 1 && rows > 2 },
  };
}

function columnsAlone(rooms: number): number {
  if (rooms <= 3) return 1;
  return rooms <= 8 ? 2 : 3;
}

function columnsBelowStage(others: number): number {
  return others <= 4 ? 2 : 3;
}
