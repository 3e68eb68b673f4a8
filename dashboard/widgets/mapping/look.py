"""How the map looks."""

__all__ = ["CSS"]

CSS = """
.map { position: relative; font: 400 13px/1.4 var(--st-font); color: var(--st-text-color); }
.bar { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 8px; align-items: center; }
.bar button, .legend button {
  font: inherit; color: inherit; cursor: pointer; padding: 4px 10px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
}
.bar button[aria-pressed=true] {
  border-color: var(--st-primary-color);
  box-shadow: inset 0 0 0 1px var(--st-primary-color);
}
.bar button:focus-visible, .legend button:focus-visible, canvas:focus-visible {
  outline: 3px solid var(--st-text-color); outline-offset: -3px;
}
.stage { position: relative; }
canvas { display: block; width: 100%; height: 100%; touch-action: none; border-radius: 6px; }
.points { cursor: grab; }
.map[data-mode=lasso] .points, .map[data-mode=box] .points { cursor: crosshair; }
.stage { height: min(620px, 75vh); border: 1px solid var(--st-border-color); border-radius: 6px; }
.trace { position: absolute; inset: 0; pointer-events: none; }
.tip {
  position: absolute; pointer-events: none; width: 84px; padding: 4px; text-align: center;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 6px; box-shadow: 0 2px 10px #0005; font-size: 12px; line-height: 1.25;
}
.tip img { display: block; width: 76px; height: 76px; border-radius: 4px; margin: 0 auto 3px;
  background: var(--st-secondary-background-color); }
.legend { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; align-items: center; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 50%;
  margin-right: 6px; vertical-align: -1px; }
.legend button[aria-pressed=false] { opacity: 0.55; text-decoration: line-through; }
.ramp { width: 160px; height: 11px; border-radius: 6px; }
.note { color: var(--st-text-color); opacity: 0.8; margin: 6px 0 0; }
[hidden] { display: none !important; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
"""
