PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kernel_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kernel_meta VALUES('epoch','01a205752e8c77778b04ba1fbd4eaa66');
INSERT INTO kernel_meta VALUES('schema','1');
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
INSERT INTO event_log VALUES(1,'01a20575-3668-709e-afc9-f835341fa120','publisher.happened',1,'hall',1795387897448,'01a2057536697566a53a84e1d48c7ad1',NULL,NULL,'{"subject":"hall","number":1}');
INSERT INTO event_log VALUES(2,'01a20575-3688-78ce-be9f-5cf6337bf19c','publisher.happened',1,'roof',1795387897480,'01a2057536887197b19c488da222055c',NULL,NULL,'{"subject":"roof","number":2}');
INSERT INTO event_log VALUES(3,'01a20575-3688-7ce3-b377-e7ceda9f79af','publisher.measured',1,'roof',1795387897480,'01a205753688756ebee64fa971fbe480',NULL,NULL,'{"location":"roof","reading":"21 C"}');
INSERT INTO event_log VALUES(4,'01a20575-368a-7b31-b8b7-23825a27afd9','publisher.measured',2,'roof',1795387897482,'01a20575368a779f950256a78901d4bf',NULL,NULL,'{"location":"roof","degrees":22}');
INSERT INTO event_log VALUES(5,'01a20575-368b-71ae-9efe-5ae3569173bb','publisher.unnoticed',1,'x',1795387897483,'01a20575368b7c73b412870604a11a14',NULL,NULL,'{"subject":"x"}');
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
CREATE TABLE idempotency_keys (
    key         TEXT NOT NULL,
    command     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    result      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (key, command)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY,
    "Timestamp" TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('event_log',5);
CREATE INDEX dead_letters_by_key ON dead_letters (source, key, position);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
COMMIT;
