-- +goose Up
CREATE TABLE jobs (
    id BINARY(16) NOT NULL PRIMARY KEY,
    kind VARCHAR(64) NOT NULL,
    payload MEDIUMBLOB NOT NULL,
    dedupe_key VARCHAR(191),
    state VARCHAR(16) NOT NULL,
    run_at DATETIME/*!(3)*/ NOT NULL,
    attempts INT NOT NULL,
    owner BINARY(16),
    lease_until DATETIME/*!(3)*/,
    last_error VARCHAR(500) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    finished_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
