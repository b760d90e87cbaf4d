-- +goose Up
CREATE TABLE duty_shifts (
    id BINARY(16) NOT NULL PRIMARY KEY,
    station_id BINARY(16) NOT NULL,
    date CHAR(10) NOT NULL,
    member_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    starts_at DATETIME/*!(3)*/ NOT NULL,
    ends_at DATETIME/*!(3)*/ NOT NULL,
    status VARCHAR(16) NOT NULL,
    replaces_id BINARY(16),
    live BOOLEAN,
    version INT NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
