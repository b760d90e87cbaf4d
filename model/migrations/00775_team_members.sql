-- +goose Up
CREATE TABLE team_members (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    role VARCHAR(24) NOT NULL,
    user_id BINARY(16),
    name VARCHAR(64) NOT NULL,
    phone_sealed VARBINARY(255) NOT NULL,
    task VARCHAR(255) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    live BOOLEAN,
    leads BOOLEAN,
    added_by BINARY(16) NOT NULL,
    ended_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT team_members_once_lead UNIQUE (unit_id, leads)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
