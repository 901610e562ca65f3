"""Runs that nobody watches: what is to be done, what was done, and how a run that was cut short goes on.

    inbox/<client>/                lists to be scored; done/<run>/ and failed/<run>/ take them in afterwards
    outputs/<client>/<run>/        manifest.json, and a folder for each list: there whole, or not at all
    outputs/<client>/alerts.json   what somebody should look at, as of the last run
    runs/<client>/<run>.json       the journal: what of a run is done; the next run finishes what a killed one left
    runs/<client>/memory.json      what the lake and the model were last made from
    logs/<client>.jsonl            one line per stage of every run

The work itself (refresh, train, score, workbook, health) comes in as functions: ``scorer.verbs.running`` hands them over.
"""
