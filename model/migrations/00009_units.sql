-- +goose Up
CREATE TABLE units (
    id BINARY(16) NOT NULL PRIMARY KEY,
    parent_id BINARY(16),
    kind VARCHAR(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    branch_type VARCHAR(16) NOT NULL,
    address VARCHAR(128) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    hours VARCHAR(128) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
