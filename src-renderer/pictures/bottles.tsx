/**
 * Drawings on a 48 × 48 field, flat, lit from the left: body, a darker cap or seam, a pale label, one highlight.
 * Mid tones, so that they stand on a light and on a dark ground alike.
 */

interface BottleColours {
  readonly body: string;
  readonly cap: string;
  readonly label: string;
  readonly writing: string;
}

function wineBottle({ body, cap, label, writing }: BottleColours) {
  return (
    <>
      <path
        d="M20.5 11v6c0 4-6 5.5-6 11.500V41a3 3 0 0 0 3 3h13a3 3 0 0 0 3-3V28.500c0-6-6-7.5-6-11.500v-6z"
        fill={body}
      />
      <path d="M20 4.500A1.5 1.5 0 0 1 21.5 3h5A1.5 1.5 0 0 1 28 4.500V13h-8z" fill={cap} />
      <path d="M14.5 28.500h19V38h-19z" fill={label} />
      <path d="M18 31.500h12M20 34.500h8" stroke={writing} strokeWidth="1.5" strokeLinecap="round" />
      <path
        d="M17.5 27c.6-3 2.5-4.5 4-6.5"
        stroke="#fff"
        strokeOpacity=".45"
        strokeWidth="1.6"
        strokeLinecap="round"
        fill="none"
      />
    </>
  );
}

/** Red wine. */
export const bottleWine = wineBottle({
  body: '#7d2240',
  cap: '#b8862d',
  label: '#f4ead7',
  writing: '#a9895d',
});
/** White wine, still or sparkling. */
export const bottleWhite = wineBottle({
  body: '#c3bd5a',
  cap: '#8a7a2c',
  label: '#fbf6e6',
  writing: '#9b8f4a',
});
export const bottleRose = wineBottle({
  body: '#e2858f',
  cap: '#b8862d',
  label: '#fdf1ec',
  writing: '#b7727a',
});

function spiritsBottle(colours: BottleColours & { readonly foot: string }) {
  return (
    <>
      <path
        d="M20 12v4c0 2.5-7.5 2.5-7.5 8.500V41a3 3 0 0 0 3 3h17a3 3 0 0 0 3-3V24.500C35.5 18.5 28 18.5 28 16v-4z"
        fill={colours.body}
      />
      <path d="M12.5 39v2a3 3 0 0 0 3 3h17a3 3 0 0 0 3-3v-2z" fill={colours.foot} />
      <rect x="19" y="4" width="10" height="8.5" rx="1.8" fill={colours.cap} />
      <rect x="16" y="25" width="16" height="11.5" rx="1.5" fill={colours.label} />
      <path d="M19 29h10M21 32.500h6" stroke={colours.writing} strokeWidth="1.5" strokeLinecap="round" />
      <path d="M15.5 27v9" stroke="#fff" strokeOpacity=".5" strokeWidth="1.6" strokeLinecap="round" />
    </>
  );
}

/** Whiskey, brandy and whatever else is brown. */
export const bottleSpirits = spiritsBottle({
  body: '#c7782a',
  foot: '#9f5a19',
  cap: '#3d3a36',
  label: '#f8efdf',
  writing: '#a5793f',
});
/** Vodka, gin, white rum: glass that one sees through. */
export const bottleClear = spiritsBottle({
  body: '#b4cfdb',
  foot: '#86a9b9',
  cap: '#5d6f78',
  label: '#f7fbfc',
  writing: '#5f8ba0',
});

export const bottleBeer = (
  <>
    <path
      d="M20.5 8v9c0 4.5-5 5.5-5 11.500V41a3 3 0 0 0 3 3h11a3 3 0 0 0 3-3V28.500c0-6-5-7-5-11.500V8z"
      fill="#7a4a1c"
    />
    <path d="M19.5 5a1.5 1.5 0 0 1 1.5-1.500h6A1.5 1.5 0 0 1 28.5 5v3.500h-9z" fill="#d1a22b" />
    <ellipse cx="24" cy="33" rx="6.5" ry="5.5" fill="#f6e7bd" />
    <path d="m24 29.8 1 2 2.2.3-1.6 1.6.4 2.2-2-1-2 1 .4-2.2-1.6-1.6 2.2-.3z" fill="#b5382c" />
    <path d="M22.8 12v5" stroke="#fff" strokeOpacity=".45" strokeWidth="1.6" strokeLinecap="round" />
  </>
);

export const soda = (
  <>
    <path
      d="M20 9v3c0 3.5-5.5 4.5-5.5 10 0 3 1.5 4 1.5 7s-1.5 4-1.5 7v5a3 3 0 0 0 3 3h13a3 3 0 0 0 3-3v-5c0-3-1.5-4-1.5-7s1.5-4 1.5-7c0-5.5-5.5-6.5-5.5-10V9z"
      fill="#4a2a22"
    />
    <rect x="19.5" y="3.5" width="9" height="5.5" rx="1.5" fill="#c8322b" />
    <path
      d="M15 24.500h18c-.5 1.2-1 2.5-1 4.500s.5 3.3 1 4.500H15c.5-1.2 1-2.5 1-4.500s-.5-3.3-1-4.500z"
      fill="#d63a31"
    />
    <path
      d="M17.5 30.500c3-3.5 5.5 1.5 8.5-.8 1.7-1.3 3-1.2 4.5-.7"
      stroke="#fff"
      strokeWidth="1.8"
      strokeLinecap="round"
      fill="none"
    />
    <path
      d="M18 20.500c.5-2 1.8-3 3-4.3"
      stroke="#fff"
      strokeOpacity=".4"
      strokeWidth="1.6"
      strokeLinecap="round"
      fill="none"
    />
  </>
);

export const water = (
  <>
    <path
      d="M20 9v3c0 3.5-5.5 4-5.5 9.500V41a3 3 0 0 0 3 3h13a3 3 0 0 0 3-3V21.500c0-5.5-5.5-6-5.5-9.500V9z"
      fill="#8cc8ec"
    />
    <rect x="19.5" y="3.5" width="9" height="5.5" rx="1.5" fill="#2b76b8" />
    <path d="M14.5 24h19v10h-19z" fill="#2f81c4" />
    <path
      d="M24 25.500c1.8 2.2 2.7 3.5 2.7 4.700a2.7 2.7 0 0 1-5.4 0c0-1.2.9-2.5 2.7-4.700z"
      fill="#e5f4fd"
    />
    <path d="M15 38h18M15 41h18" stroke="#5fa9d8" strokeWidth="1.3" />
    <path
      d="M17.5 21c.4-2 1.7-3 3-4.3"
      stroke="#fff"
      strokeOpacity=".75"
      strokeWidth="1.6"
      strokeLinecap="round"
      fill="none"
    />
  </>
);
