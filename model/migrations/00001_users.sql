-- +goose Up
CREATE TABLE users (
    id BINARY(16) NOT NULL PRIMARY KEY,
    nickname VARCHAR(64) NOT NULL,
    locale VARCHAR(8) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
