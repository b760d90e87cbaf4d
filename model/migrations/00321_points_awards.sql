-- +goose Up
CREATE TABLE points_awards (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    points BIGINT NOT NULL,
    cause VARCHAR(64) NOT NULL,
    reference VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    awarded_by BINARY(16) NOT NULL,
    approved_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    posted_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
