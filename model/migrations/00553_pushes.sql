-- +goose Up
CREATE TABLE pushes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    date CHAR(10) NOT NULL,
    status VARCHAR(16) NOT NULL,
    title VARCHAR(100) NOT NULL,
    summary VARCHAR(300) NOT NULL,
    link VARCHAR(200) NOT NULL,
    subscribe BOOLEAN NOT NULL,
    unrestricted BOOLEAN NOT NULL,
    quiet_from CHAR(5) NOT NULL,
    quiet_until CHAR(5) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    finished_at DATETIME/*!(3)*/,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
