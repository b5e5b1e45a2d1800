-- A ledger is that of one environment of one project.
CREATE TABLE raccord_ledger (
    number      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project     text NOT NULL,
    environment text NOT NULL,
    -- The moment of the newest event, in nanoseconds since 1970, and how many events were ever written.
    newest      bigint,
    events      bigint NOT NULL DEFAULT 0,
    -- When the next request of any runner may leave.
    next_turn   timestamptz NOT NULL DEFAULT '-infinity',
    UNIQUE (project, environment)
);

-- The events, as they stand in a file: `event` is the line.
CREATE TABLE raccord_event (
    ledger integer NOT NULL REFERENCES raccord_ledger,
    place  bigint NOT NULL,
    id     text NOT NULL,
    at     timestamptz NOT NULL,
    run    text NOT NULL,
    event  json NOT NULL,
    PRIMARY KEY (ledger, place),
    UNIQUE (ledger, id)
);

-- Events that `raccord ledger compact` took out.
CREATE TABLE raccord_compacted (
    ledger integer NOT NULL REFERENCES raccord_ledger,
    place  bigint NOT NULL,
    taken  timestamptz NOT NULL DEFAULT clock_timestamp(),
    event  json NOT NULL
);

-- Who works on a ledger now. A runner lives as long as it renews its lease.
CREATE TABLE raccord_runner (
    id      text PRIMARY KEY,
    -- The second key of the advisory lock that its connection holds, at random.
    number  integer NOT NULL,
    ledger  integer NOT NULL REFERENCES raccord_ledger,
    owner   text NOT NULL,
    host    text NOT NULL,
    command text NOT NULL,
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    until   timestamptz NOT NULL,
    -- Whether others may work beside it.
    joins   boolean NOT NULL,
    -- Whether it makes the plan that others wait for.
    leads   boolean NOT NULL
);

-- Whether a runner will never go on: its lease is over, or it ran on the machine that asks and its connection is gone.
CREATE FUNCTION raccord_is_gone(runner raccord_runner, asking text) RETURNS boolean LANGUAGE sql AS $$
    SELECT runner.until < clock_timestamp()
        OR runner.host = asking AND NOT EXISTS (
            SELECT FROM pg_locks
            WHERE locktype = 'advisory' AND classid = 1380008771 AND objid::bigint = runner.number
        )
$$;

-- A plan that several runners carry out together: all that it was decided from.
CREATE TABLE raccord_shared_plan (
    number      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ledger      integer NOT NULL REFERENCES raccord_ledger,
    fingerprint text NOT NULL,
    -- How many events there were.
    events      bigint NOT NULL,
    basis       json NOT NULL,
    -- Counts the steps that have ended, so that runners hear of each once.
    ended       bigint NOT NULL DEFAULT 0,
    is_open     boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX raccord_one_open_plan ON raccord_shared_plan (ledger) WHERE is_open;

-- Its steps. A step is free without a runner, or with one that is gone.
CREATE TABLE raccord_shared_step (
    plan    integer NOT NULL REFERENCES raccord_shared_plan ON DELETE CASCADE,
    step    text NOT NULL,
    place   integer NOT NULL,
    runner  text,
    takes   integer NOT NULL DEFAULT 0,
    outcome json,
    -- The how manieth of the plan's steps to end.
    ended   bigint,
    PRIMARY KEY (plan, step)
);
CREATE INDEX raccord_ended_steps ON raccord_shared_step (plan, ended);
