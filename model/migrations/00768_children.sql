-- +goose Up
CREATE TABLE children (
    id BINARY(16) NOT NULL PRIMARY KEY,
    guardian_id BINARY(16) NOT NULL,
    slot INTEGER NOT NULL,
    relation VARCHAR(16) NOT NULL,
    birth_month CHAR(7) NOT NULL,
    details BLOB NOT NULL,
    live_key BINARY(32) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT children_known UNIQUE (live_key)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
