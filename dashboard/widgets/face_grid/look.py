"""How the grid looks: tiles, their frames and marks, the line above them."""

__all__ = ["CSS"]

CSS = """
.line {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 18px; margin-bottom: 8px;
  font: 400 13px/1.4 var(--st-font); color: var(--st-text-color);
}
.line:empty, .line[hidden] { display: none; }
.line label { display: flex; align-items: center; gap: 8px; }
.line input { width: 110px; accent-color: var(--st-primary-color); }
.keys { display: flex; flex-wrap: wrap; gap: 4px 12px; }
.keys button, .clear {
  font: inherit; color: inherit; background: none; border: 0; padding: 2px 0; cursor: pointer;
}
.clear { text-decoration: underline; }
kbd {
  font: 600 12px/1 var(--st-code-font); padding: 2px 6px; margin-right: 5px;
  border: 1px solid var(--st-border-color); border-radius: 4px;
  background: var(--st-secondary-background-color);
}
.grid { display: flex; flex-wrap: wrap; gap: 10px 8px; list-style: none; margin: 0; padding: 0; }
.grid li { width: var(--tile); max-width: 100%; margin: 0; }
.grid.names li { width: auto; }
.tile {
  display: block; width: 100%; padding: 0; border: 0; background: none; cursor: pointer;
  color: var(--st-text-color); font: 400 12px/1.35 var(--st-font); text-align: center;
  position: relative; border-radius: calc(var(--st-base-radius) * 0.7);
}
.tile:disabled { cursor: default; }
.face {
  display: block; width: 100%; aspect-ratio: 1; position: relative;
  background-repeat: no-repeat; background-color: var(--st-secondary-background-color);
  border-radius: inherit;
}
.face[data-edge]::after {
  content: ""; position: absolute; inset: 0; border-radius: inherit;
  box-shadow: inset 0 0 0 3px var(--edge);
}
.names .face {
  aspect-ratio: auto; padding: 3px 8px; font: 400 12px/1.5 var(--st-code-font);
}
.names .face[data-edge]::after { box-shadow: inset 3px 0 0 0 var(--edge); }
.mark, .pick {
  position: absolute; top: 5px; min-width: 18px; height: 18px; border-radius: 9px;
  font: 600 12px/18px var(--st-font); text-align: center;
}
.mark { left: 5px; padding: 0 4px; background: #000b; color: #fff; }
.pick {
  right: 5px; background: var(--st-background-color); border: 1px solid var(--st-border-color);
  opacity: 0; box-sizing: border-box; line-height: 16px;
}
.tile:hover .pick, .tile:focus-visible .pick, [aria-pressed=true] .pick { opacity: 1; }
@media (hover: none) { .pick { opacity: 1; } }
[aria-pressed=true] .pick { background: var(--st-primary-color); color: #fff; border: 0; }
[aria-pressed=true] .face { filter: brightness(0.8); }
[aria-pressed=true] .face::before {
  content: ""; position: absolute; inset: 0; border-radius: inherit; z-index: 1;
  box-shadow: inset 0 0 0 4px var(--st-primary-color);
}
.tile:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: -3px; }
.caption { display: block; margin-top: 3px; overflow-wrap: anywhere; white-space: pre-line; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
"""
