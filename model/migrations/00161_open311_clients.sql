-- +goose Up
CREATE TABLE open311_clients (
    id BINARY(16) NOT NULL PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    key_hash VARBINARY(32) NOT NULL,
    user_id BINARY(16) NOT NULL,
    daily_limit INT NOT NULL,
    created_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    ended_at DATETIME/*!(3)*/,
    ended_by BINARY(16)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
