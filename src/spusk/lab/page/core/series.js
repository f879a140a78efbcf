// Paths that are kept, told apart by every kind of colour vision (Okabe and Ito).
export const SERIES = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#f0e442"];
