"""The page Runs in a browser: a point of the Pareto plot is a way to its run."""


def test_a_click_on_a_point_opens_its_run(browse, scored_site):
    tab = browse("/runs?x=accuracy&y=fair_metric")
    chart = tab.page.locator(".st-key-pareto")
    points = chart.locator(".scatterlayer .trace .points path.point")
    points.first.wait_for()
    # The points stand in the order of the runs, newest first; the front's line has none.
    order = [run.id for run in scored_site.store.list()]
    drawn = chart.locator(".js-plotly-plot").evaluate(
        "plot => plot.data.filter(t => t.customdata).flatMap(t => t.customdata.map(c => c[0]))"
    )
    wanted = drawn.index(scored_site.older.id)
    assert set(drawn) <= set(order)
    box = points.nth(wanted).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    chart.locator(".hovertext").get_by_text(scored_site.older.id).wait_for()
    tab.page.mouse.click(x, y)
    tab.page.wait_for_url(f"**/fairness?*run={scored_site.older.id}*")
    tab.ready()
    assert tab.page.locator(".st-key-choice_run input").input_value() == scored_site.older.id
