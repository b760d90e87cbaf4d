-- +goose Up
CREATE TABLE grid_leads (
    id BINARY(16) NOT NULL PRIMARY KEY,
    grid_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    live BOOLEAN,
    reason VARCHAR(255) NOT NULL,
    appointed_by BINARY(16) NOT NULL,
    ended_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT grid_leads_once_live UNIQUE (grid_id, live)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
