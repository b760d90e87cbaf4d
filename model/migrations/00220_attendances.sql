-- +goose Up
CREATE TABLE attendances (
    id BINARY(16) NOT NULL PRIMARY KEY,
    activity_id BINARY(16) NOT NULL,
    sign_up_id BINARY(16) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    source VARCHAR(8) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL,
    recorded_by BINARY(16) NOT NULL,
    client_id VARCHAR(64),
    outcome VARCHAR(8) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
