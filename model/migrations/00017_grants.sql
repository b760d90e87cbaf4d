-- +goose Up
CREATE TABLE grants (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    role VARCHAR(32) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    valid_from DATETIME/*!(3)*/ NOT NULL,
    valid_to DATETIME/*!(3)*/,
    granted_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
