-- +goose Up
CREATE TABLE calendar_days (
    date CHAR(10) NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    changed_by BINARY(16),
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
