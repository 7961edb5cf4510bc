/** As in bottles.tsx: 48 × 48, flat, mid tones. */

export const can = (
  <>
    <path d="M14.5 9.5 17 6h14l2.5 3.500v29L31 42.500H17l-2.5-4z" fill="#b9c3c9" />
    <path d="M14.5 11h19v26.500h-19z" fill="#1f7a6d" />
    <path d="M14.5 27c5-4 8.5 3.5 13 .5 2.5-1.7 4-1.8 6-1V37.500h-19z" fill="#f2b632" />
    <path d="M17 6h14M17 42.500h14" stroke="#8e9aa1" strokeWidth="2" strokeLinecap="round" />
    <path d="M18 14v9" stroke="#fff" strokeOpacity=".55" strokeWidth="1.8" strokeLinecap="round" />
  </>
);

export const sixPack = (
  <>
    <path
      d="M9.5 9.500h4v6c0 3 1.5 3 1.5 6H8c0-3 1.5-3 1.5-6zM22 9.500h4v6c0 3 1.5 3 1.5 6h-7c0-3 1.5-3 1.5-6zM34.5 9.500h4v6c0 3 1.5 3 1.5 6h-7c0-3 1.5-3 1.5-6z"
      fill="#7a4a1c"
    />
    <path d="M9 6h5v4H9zM21.5 6h5v4h-5zM34 6h5v4h-5z" fill="#d1a22b" />
    <path d="M5 20h38v20a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3z" fill="#2f6fb0" />
    <path d="M5 20h38v5H5z" fill="#245a92" />
    <circle cx="24" cy="34" r="6" fill="#f5f1e4" />
    <path d="M21.5 32.500h5M21.5 35.500h5" stroke="#2f6fb0" strokeWidth="1.6" strokeLinecap="round" />
  </>
);

export const snack = (
  <>
    <path d="M12 7h24l1.5 4c-1 9-1 17 0 26L36 41H12l-1.5-4c1-9 1-17 0-26z" fill="#e8a81e" />
    <path d="M12 7h24l1 2.700H11zM11 38.300h26L36 41H12z" fill="#c07f0c" />
    <path d="M11.4 17c8.5 3.5 17 3.5 25.2 0v9.500c-8.2 3.5-16.7 3.5-25.2 0z" fill="#b5382c" />
    <ellipse cx="24" cy="33.5" rx="5.5" ry="3" fill="#f9dc8c" transform="rotate(-12 24 33.5)" />
    <path d="M16 22.500h16" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
  </>
);

export const candy = (
  <>
    <path d="m15 24-9-7c-1 5-1 9 0 14zM33 24l9-7c1 5 1 9 0 14z" fill="#e88fb4" />
    <rect x="12" y="14" width="24" height="20" rx="10" fill="#d14a86" />
    <path
      d="M19 14.800c-3.5 5.5-3.5 13 0 18.400M27 14.100c-3.5 6-3.5 13.8 0 19.8"
      stroke="#f7d3e2"
      strokeWidth="2.6"
      fill="none"
    />
    <path
      d="M31 17.500c1.5 1.5 2.2 3.2 2.4 5"
      stroke="#fff"
      strokeOpacity=".6"
      strokeWidth="1.6"
      strokeLinecap="round"
      fill="none"
    />
  </>
);

export const tobacco = (
  <>
    <path d="M15.5 6.500h4V18h-4zM22 4h4v14h-4zM28.5 8h4v10h-4z" fill="#f4efe6" />
    <path d="M15.5 6.500h4v3.500h-4zM22 4h4v3.500h-4zM28.5 8h4v3.500h-4z" fill="#d08b3c" />
    <path d="M11 15h26v27a2 2 0 0 1-2 2H13a2 2 0 0 1-2-2z" fill="#b5382c" />
    <path d="M11 15h26v6.500c-8 4-18 4-26 0z" fill="#93281e" />
    <rect x="17" y="28.5" width="14" height="9" rx="1.5" fill="#f4efe6" />
    <path d="M20 33h8" stroke="#b5382c" strokeWidth="1.8" strokeLinecap="round" />
  </>
);

export const ice = (
  <>
    <path d="M14 5h20l-2.5 6h-15z" fill="#4d9bd1" />
    <path
      d="M16 10.500h16c3.5 3 5.5 8 5.5 15.500V40a4 4 0 0 1-4 4h-19a4 4 0 0 1-4-4V26c0-7.5 2-12.5 5.5-15.500z"
      fill="#b9def2"
    />
    <rect x="14" y="28" width="9.5" height="9.5" rx="2" fill="#eef9ff" transform="rotate(-9 18.7 32.7)" />
    <rect x="24.5" y="26" width="9" height="9" rx="2" fill="#8fc7e8" transform="rotate(11 29 30.5)" />
    <rect x="19" y="18.5" width="9" height="9" rx="2" fill="#eef9ff" transform="rotate(14 23.5 23)" />
    <path d="M16 11h16" stroke="#2f7db5" strokeWidth="2.2" strokeLinecap="round" />
  </>
);

export const bag = (
  <>
    <path d="M10.5 16h27L40 42a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2z" fill="#c99a63" />
    <path d="M31 16h6.500L40 42a2 2 0 0 1-2 2h-5z" fill="#ad7f4a" />
    <path
      d="M17 20v-7a7 7 0 0 1 14 0v7"
      stroke="#7d5528"
      strokeWidth="2.4"
      strokeLinecap="round"
      fill="none"
    />
  </>
);

export const lighter = (
  <>
    <path d="M24 3c4 3.5 5 6 3.5 8.5-1 1.6-6 1.6-7 0C19 9 22.5 7.5 24 3z" fill="#f0a024" />
    <path d="M24 7.500c1.7 1.7 2 2.8 1.5 3.9-.5.9-2.5.9-3 0-.6-1.2.8-1.9 1.5-3.900z" fill="#fbe08a" />
    <path d="M17.5 14h13v7h-13z" fill="#9aa5ab" />
    <path d="M26.5 14h4v7h-4z" fill="#77838a" />
    <path d="M16 20.500h16V41a3 3 0 0 1-3 3H19a3 3 0 0 1-3-3z" fill="#5a55b8" />
    <path d="M19.5 25v12" stroke="#fff" strokeOpacity=".5" strokeWidth="1.8" strokeLinecap="round" />
  </>
);

export const cup = (
  <>
    <path d="M12.5 15h23l-3 26.500a3 3 0 0 1-3 2.500h-11a3 3 0 0 1-3-2.500z" fill="#efe7da" />
    <path d="m13.5 23 1.5 13h18l1.5-13z" fill="#a5673a" />
    <rect x="10.5" y="10" width="27" height="5.5" rx="2" fill="#4b3a2e" />
    <path d="M15 6h18l1.5 4.500h-21z" fill="#63503f" />
    <path d="M18 25.5 19 33" stroke="#fff" strokeOpacity=".45" strokeWidth="1.8" strokeLinecap="round" />
  </>
);

export const lime = (
  <>
    <circle cx="24" cy="25" r="19" fill="#4f8f2f" />
    <circle cx="24" cy="25" r="15.5" fill="#e4f0c4" />
    <circle cx="24" cy="25" r="13.5" fill="#9cc943" />
    <path
      d="M24 11.500v27M12.300 18.250l23.400 13.500M12.300 31.750l23.400-13.500"
      stroke="#e4f0c4"
      strokeWidth="1.8"
    />
    <circle cx="24" cy="25" r="2.200" fill="#e4f0c4" />
  </>
);

/** For a picture that nobody has drawn. */
export const box = (
  <>
    <path d="M24 5 41 13v22l-17 8-17-8V13z" fill="#c99a63" />
    <path d="M24 21v22l17-8V13z" fill="#ad7f4a" />
    <path d="m7 13 17 8 17-8-17-8z" fill="#dcb684" />
    <path d="m15.5 9 17 8v6" stroke="#f4ead7" strokeWidth="2.4" fill="none" />
  </>
);
