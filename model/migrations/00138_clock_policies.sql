-- +goose Up
CREATE TABLE clock_policies (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    category VARCHAR(32) NOT NULL,
    version INT NOT NULL,
    preset VARCHAR(16) NOT NULL,
    acknowledge VARCHAR(8) NOT NULL,
    dispatch VARCHAR(8) NOT NULL,
    handle VARCHAR(8) NOT NULL,
    reply VARCHAR(8) NOT NULL,
    silence VARCHAR(8) NOT NULL,
    visit VARCHAR(8) NOT NULL,
    return_visit BOOLEAN NOT NULL,
    rung VARCHAR(8) NOT NULL,
    ended BOOLEAN NOT NULL,
    changed_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
