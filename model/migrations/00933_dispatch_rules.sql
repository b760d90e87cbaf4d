-- +goose Up
CREATE TABLE dispatch_rules (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    category VARCHAR(32) NOT NULL,
    version INT NOT NULL,
    team VARCHAR(16) NOT NULL,
    at_once BOOLEAN NOT NULL,
    ended BOOLEAN NOT NULL,
    changed_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
