-- +goose Up
CREATE TABLE push_plans (
    unit_id BINARY(16) NOT NULL PRIMARY KEY,
    at CHAR(5) NOT NULL,
    subscribe BOOLEAN NOT NULL,
    quiet_from CHAR(5) NOT NULL,
    quiet_until CHAR(5) NOT NULL,
    enabled BOOLEAN NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
