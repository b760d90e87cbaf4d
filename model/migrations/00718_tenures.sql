-- +goose Up
CREATE TABLE tenures (
    id BINARY(16) NOT NULL PRIMARY KEY,
    branch_id BINARY(16) NOT NULL,
    post_branch_id BINARY(16),
    user_id BINARY(16) NOT NULL,
    name VARCHAR(32) NOT NULL,
    source VARCHAR(16) NOT NULL,
    former_unit VARCHAR(64) NOT NULL,
    status VARCHAR(24) NOT NULL,
    starts_on CHAR(10) NOT NULL,
    started_on CHAR(10),
    ended_on CHAR(10),
    end_reason VARCHAR(16) NOT NULL,
    appointed_by_unit BINARY(16),
    proposed_by BINARY(16) NOT NULL,
    approved_by BINARY(16),
    grant_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
