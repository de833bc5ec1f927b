//! This package has only a test and the build script that generates its routes.
