-- +goose Up
CREATE TABLE points_earnings (
    id BINARY(16) NOT NULL PRIMARY KEY,
    reference VARCHAR(128) NOT NULL,
    user_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    pool_id BINARY(16),
    cause VARCHAR(32) NOT NULL,
    points BIGINT NOT NULL,
    status VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    settled_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
