/** One line of the table. */
export interface Row {
  bench: string;
  ours: number;
  /** What the same work costs without us; null where there is nothing to compare with. */
  peer: number | null;
  /** ours ÷ peer, as the median over the alternations; null without a peer. */
  ratio: number | null;
  unit: string;
  /** What the row is held against, such as `ratio <= 1.3`; null for a figure that only informs. */
  goal: Goal | null;
}

export interface Goal {
  of: 'ours' | 'ratio';
  is: '<=' | '>=' | '<';
  value: number;
}

const goalText = ({ of, is, value }: Goal) => `${of} ${is} ${value}`;

/** Null where there is no goal. */
export function isReached({ goal, ours, ratio }: Row): boolean | null {
  if (!goal) return null;
  const figure = goal.of === 'ours' ? ours : ratio;
  if (figure === null) throw new Error('A goal for a ratio needs a peer.');
  if (goal.is === '>=') return figure >= goal.value;
  return goal.is === '<' ? figure < goal.value : figure <= goal.value;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}

export function toJson(row: Row): string {
  const { bench, ours, peer, ratio, unit, goal } = row;
  const figures = { ours: rounded(ours), peer: rounded(peer), ratio: rounded(ratio) };
  return JSON.stringify({ bench, ...figures, unit, goal: goal && goalText(goal) });
}

const columns = { bench: 34, ours: 9, peer: 9, ratio: 8, unit: 12, goal: 16 };

function line(cells: Record<keyof typeof columns, string>): string {
  const text = Object.entries(columns).map(([name, width]) => {
    const cell = cells[name as keyof typeof columns];
    return ['ours', 'peer', 'ratio'].includes(name) ? `${cell.padStart(width)}  ` : cell.padEnd(width);
  });
  return text.join('').trimEnd();
}

export const tableHead = line({
  bench: 'bench',
  ours: 'ours',
  peer: 'peer',
  ratio: 'ratio',
  unit: 'unit',
  goal: 'goal',
});

export function toLine(row: Row): string {
  const figure = (value: number | null) => (value === null ? '–' : String(rounded(value)));
  const reached = isReached(row);
  const { bench, ours, peer, ratio, unit, goal } = row;
  return line({
    ...{ bench, unit, ours: figure(ours), peer: figure(peer), ratio: figure(ratio) },
    goal: goal ? `${goalText(goal)}  ${reached ? 'reached' : 'missed'}` : '',
  });
}
