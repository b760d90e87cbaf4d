-- +goose Up
CREATE TABLE duty_swaps (
    id BINARY(16) NOT NULL PRIMARY KEY,
    station_id BINARY(16) NOT NULL,
    shift_id BINARY(16) NOT NULL,
    in_return BINARY(16),
    asker_id BINARY(16) NOT NULL,
    other_id BINARY(16) NOT NULL,
    member_id BINARY(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    open BOOLEAN NOT NULL,
    decided_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
