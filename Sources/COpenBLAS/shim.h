#pragma once
#include <cblas.h>
#include <stddef.h>

/* LAPACK, of which OpenBLAS holds a copy and Debian's package no header. Matrices lie column by column; the last
   arguments are the lengths of those of text. https://www.netlib.org/lapack/explore-html */
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, double *a, const blasint *lda,
             const double *vl, const double *vu, const blasint *il, const blasint *iu, const double *abstol, blasint *m,
             double *w, double *z, const blasint *ldz, blasint *isuppz, double *work, const blasint *lwork,
             blasint *iwork, const blasint *liwork, blasint *info, size_t, size_t, size_t);
void dgeqrf_(const blasint *m, const blasint *n, double *a, const blasint *lda, double *tau, double *work,
             const blasint *lwork, blasint *info);
void dorgqr_(const blasint *m, const blasint *n, const blasint *k, double *a, const blasint *lda, const double *tau,
             double *work, const blasint *lwork, blasint *info);
