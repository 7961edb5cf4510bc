import { useView } from '../../till/till-context.tsx';

/** Shows that a digit has arrived, never which one. As many places as most PINs have, more when more are typed. */
export function PinDots() {
  const length = useView((view) => view.pinDigits.length);
  const places = Math.min(Math.max(length, 4), 12);
  return (
    <output
      aria-label={`${length} digits typed`}
      data-testid="pin-dots"
      data-length={length}
      className="flex h-6 items-center justify-center gap-4"
    >
      {Array.from({ length: places }, (_, index) => (
        <span
          key={index}
          className={`size-4 rounded-full border-2 ${index < length ? 'border-act bg-act' : 'border-strong-edge'}`}
        />
      ))}
    </output>
  );
}
