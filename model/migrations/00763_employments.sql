-- +goose Up
CREATE TABLE employments (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    kind VARCHAR(24) NOT NULL,
    platform VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    live BOOLEAN,
    created_at DATETIME/*!(3)*/ NOT NULL,
    decided_at DATETIME/*!(3)*/,
    ended_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
