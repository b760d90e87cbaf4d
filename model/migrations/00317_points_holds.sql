-- +goose Up
CREATE TABLE points_holds (
    id BINARY(16) NOT NULL PRIMARY KEY,
    reference VARCHAR(128) NOT NULL,
    user_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    points BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    status VARCHAR(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    resolved_at DATETIME/*!(3)*/,
    CHECK (returned >= 0 AND returned <= points)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
