"""A decision made in the browser: chosen, stored, still there after a reload."""


def test_the_best_common_threshold_is_chosen_stored_and_seen_after_a_reload(browse, scored_site):
    from softbio.runs.deciding import Wish, choose_rule

    run = scored_site.older
    best = choose_rule(run, Wish(maximise="balanced_fair_metric"))
    tab = browse(f"/decide?run={run.id}&wish=hand&cut=0.3")
    tab.sees("no rule is stored")
    tab.sees("One threshold, 0.3.")
    chart = tab.page.locator(".st-key-threshold_chart")
    chart.locator(".annotation-text", has_text="0.300").wait_for()

    tab.page.locator(".st-key-choice_wish").get_by_role("combobox").click()
    tab.page.get_by_role("option", name="one for all, best by the metric").click()
    tab.ready()
    proposal = tab.page.locator(".st-key-proposal")
    proposal.get_by_text(best.sentence).wait_for()
    chart.locator(".annotation-text", has_text=f"{best.threshold:.3f}").first.wait_for()
    tab.click("store_rule")
    tab.page.locator(".st-key-in_force").get_by_text(best.sentence).wait_for()
    assert run.rule() == best

    tab.page.reload()
    tab.ready()
    tab.page.locator(".st-key-in_force").get_by_text(best.sentence).wait_for()
    assert "wish=best" in tab.page.url, "the address tells what was chosen"
    tab.click("remove_rule")
    tab.sees("no rule is stored")
    assert run.rule() is None
