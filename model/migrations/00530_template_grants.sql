-- +goose Up
CREATE TABLE template_grants (
    user_id BINARY(16) NOT NULL,
    template_id VARCHAR(64) NOT NULL,
    confirmed INT NOT NULL,
    reported INT NOT NULL,
    spent INT NOT NULL CHECK (spent >= 0),
    long_term BOOLEAN NOT NULL,
    cleared_at DATETIME/*!(3)*/,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (user_id, template_id)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
