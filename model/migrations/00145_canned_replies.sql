-- +goose Up
CREATE TABLE canned_replies (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    title VARCHAR(64) NOT NULL,
    text VARCHAR(2000) NOT NULL,
    created_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
