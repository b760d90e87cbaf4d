-- +goose Up
CREATE TABLE restructurings (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    title VARCHAR(64) NOT NULL,
    effective_on CHAR(10) NOT NULL,
    status VARCHAR(16) NOT NULL,
    plan MEDIUMTEXT NOT NULL,
    outcome MEDIUMTEXT NOT NULL,
    effected_on CHAR(10),
    tried_on CHAR(10),
    drafted_by BINARY(16) NOT NULL,
    reviewed_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
