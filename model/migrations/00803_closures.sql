-- +goose Up
CREATE TABLE closures (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    cause VARCHAR(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    asked_at DATETIME/*!(3)*/ NOT NULL,
    due_at DATETIME/*!(3)*/ NOT NULL,
    settled_at DATETIME/*!(3)*/,
    live BOOLEAN
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
