PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kernel_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kernel_meta VALUES('epoch','01a205752e877826ae4045b0f1cb0018');
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
INSERT INTO event_log VALUES(1,'01a20575-3c9a-7817-95fe-0476244bc24e','ledger.entry-added',1,'tea',1795387899034,'01a205753c9a7508b53d14167977267b',NULL,NULL,'{"entryId":"01a20575-3c70-7964-963b-d7bc464d85c1","subject":"tea"}');
CREATE TABLE checkpoints (
    source       TEXT PRIMARY KEY,
    epoch        TEXT NOT NULL,
    position     INTEGER NOT NULL,
    event_id     TEXT,
    replay_until INTEGER NOT NULL,
    handled      TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO checkpoints VALUES('publisher','01a205752e8c77778b04ba1fbd4eaa66',5,'01a20575-368b-71ae-9efe-5ae3569173bb',0,'publisher.happened publisher.measured');
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
INSERT INTO dead_letters VALUES(1,'publisher',2,'dead','01a20575-3688-78ce-be9f-5cf6337bf19c','publisher.happened',1,'roof',1795387897480,'01a2057536887197b19c488da222055c',NULL,NULL,'{"subject":"roof","number":2}',0,3,'InvalidOperationException: Cannot digest 2.','System.InvalidOperationException: Cannot digest 2.',1795387898714,NULL);
INSERT INTO dead_letters VALUES(2,'publisher',3,'parked','01a20575-3688-7ce3-b377-e7ceda9f79af','publisher.measured',1,'roof',1795387897480,'01a205753688756ebee64fa971fbe480',NULL,NULL,'{"location":"roof","reading":"21 C"}',0,0,NULL,NULL,1795387898716,NULL);
INSERT INTO dead_letters VALUES(3,'publisher',4,'parked','01a20575-368a-7b31-b8b7-23825a27afd9','publisher.measured',2,'roof',1795387897482,'01a20575368a779f950256a78901d4bf',NULL,NULL,'{"location":"roof","degrees":22}',0,0,NULL,NULL,1795387898716,NULL);
CREATE TABLE idempotency_keys (
    key         TEXT NOT NULL,
    command     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    result      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (key, command)
) WITHOUT ROWID;
INSERT INTO idempotency_keys VALUES('key 1','AddEntry.Command','21022c854fdb3320240e33e8bce1d169422462565e4db616e400aa72528e78ff','{"id":"01a20575-3c70-7964-963b-d7bc464d85c1","subject":"tea","version":1}',1795387899069);
CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY,
    "Timestamp" TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);
INSERT INTO __EFMigrationsHistory VALUES('20260101000000_Initial','10.0.15');
CREATE TABLE entries (id TEXT PRIMARY KEY, subject TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
INSERT INTO entries VALUES('01A20575-3C70-7964-963B-D7BC464D85C1','tea',1);
CREATE TABLE receipts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    position  INTEGER NOT NULL,
    subject   TEXT NOT NULL,
    number    INTEGER NOT NULL,
    is_replay INTEGER NOT NULL
);
INSERT INTO receipts VALUES(1,1,'hall',1,0);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('receipts',1);
INSERT INTO sqlite_sequence VALUES('dead_letters',3);
INSERT INTO sqlite_sequence VALUES('event_log',1);
CREATE INDEX dead_letters_by_key ON dead_letters (source, key, position);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
COMMIT;
