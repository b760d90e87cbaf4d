-- +goose Up
CREATE TABLE points_pools (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    sponsor VARCHAR(64) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
