-- +goose Up
CREATE TABLE public_versions (
    request_id BINARY(16) NOT NULL PRIMARY KEY,
    estate_id BINARY(16) NOT NULL,
    category VARCHAR(32) NOT NULL,
    status VARCHAR(16) NOT NULL,
    title VARCHAR(80) NOT NULL,
    text VARCHAR(2000) NOT NULL,
    answer VARCHAR(2000) NOT NULL,
    building_id BINARY(16),
    held BOOLEAN NOT NULL,
    shown BOOLEAN NOT NULL,
    shown_title VARCHAR(80) NOT NULL,
    shown_text VARCHAR(2000) NOT NULL,
    shown_answer VARCHAR(2000) NOT NULL,
    shown_building_id BINARY(16),
    published_at DATETIME/*!(3)*/ NOT NULL,
    author_id BINARY(16) NOT NULL,
    reviewer_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
