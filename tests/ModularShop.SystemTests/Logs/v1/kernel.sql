CREATE TABLE kernel_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE event_log (
    position       INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id       TEXT NOT NULL,
    name           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    key            TEXT NOT NULL,
    occurred_at    INTEGER NOT NULL,
    correlation_id TEXT NOT NULL,
    causation_id   TEXT,
    trace_parent   TEXT,
    payload        TEXT NOT NULL
);

CREATE TABLE checkpoints (
    source       TEXT PRIMARY KEY,
    epoch        TEXT NOT NULL,
    position     INTEGER NOT NULL,
    event_id     TEXT,
    replay_until INTEGER NOT NULL,
    handled      TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE dead_letters (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    source         TEXT NOT NULL,
    position       INTEGER NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('dead', 'parked', 'discarded')),
    event_id       TEXT NOT NULL,
    name           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    key            TEXT NOT NULL,
    occurred_at    INTEGER NOT NULL,
    correlation_id TEXT NOT NULL,
    causation_id   TEXT,
    trace_parent   TEXT,
    payload        TEXT NOT NULL,
    replay         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    error          TEXT,
    stack          TEXT,
    failed_at      INTEGER NOT NULL,
    reason         TEXT,
    UNIQUE (source, event_id)
);
CREATE INDEX dead_letters_by_key ON dead_letters (source, key, position);

CREATE TABLE idempotency_keys (
    key         TEXT NOT NULL,
    command     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    result      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (key, command)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

INSERT INTO kernel_meta VALUES ('schema', '1'), ('epoch', '01a205720b2970319c6685e3af67d42e');
