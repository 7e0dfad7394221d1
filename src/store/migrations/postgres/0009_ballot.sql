-- Secret ballots while they are open. The secret that leads from a voter's hash to a person, and from a
-- paper to its words, is in a file of its own and never here.
CREATE TABLE ballot (
    plugin TEXT   NOT NULL,
    name   TEXT   NOT NULL,
    sealed BIGINT NOT NULL,             -- 1: no more papers are taken
    roll   TEXT   NOT NULL,             -- who is asked, under the ballot's secret
    PRIMARY KEY (plugin, name)
);

CREATE TABLE paper (
    plugin   TEXT   NOT NULL,
    ballot   TEXT   NOT NULL,
    voter    TEXT   NOT NULL,           -- a hash under the ballot's secret
    paper    TEXT   NOT NULL,           -- under the ballot's secret; empty: none
    reminded BIGINT NOT NULL,           -- 1: has got the reminder
    PRIMARY KEY (plugin, ballot, voter)
);

-- The newest slot of each job is looked at every few seconds, however many there have been.
CREATE INDEX slot_due ON slot (job, due_at);
