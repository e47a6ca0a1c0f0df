// Binding to the MPI library. MPI's handles and constants are macros. Their C types differ between
// implementations (pointers in Open MPI, integers in MPICH), and Swift imports neither kind of
// macro, so each one that is needed has an inline accessor here. Swift calls the functions that
// transfer data directly.
#pragma once
#include <mpi.h>

// Structures for the handles that MPI writes or frees through a pointer. Inside a structure, the
// address of a handle has the same Swift type whether the handle is a pointer (which Swift imports
// as an optional) or an integer.
typedef struct cmpi_comm {
  MPI_Comm handle;
} cmpi_comm;

typedef struct cmpi_request {
  MPI_Request handle;
} cmpi_request;

typedef struct cmpi_win {
  MPI_Win handle;
} cmpi_win;

typedef struct cmpi_info {
  MPI_Info handle;
} cmpi_info;

#define CMPI_ACCESSOR(type, name, value) \
  static inline type name(void) { return value; }

CMPI_ACCESSOR(int, cmpi_success, MPI_SUCCESS)
CMPI_ACCESSOR(int, cmpi_err_op, MPI_ERR_OP)
CMPI_ACCESSOR(int, cmpi_err_truncate, MPI_ERR_TRUNCATE)
CMPI_ACCESSOR(int, cmpi_max_error_string, MPI_MAX_ERROR_STRING)
CMPI_ACCESSOR(int, cmpi_max_processor_name, MPI_MAX_PROCESSOR_NAME)
CMPI_ACCESSOR(int, cmpi_max_library_version_string, MPI_MAX_LIBRARY_VERSION_STRING)

CMPI_ACCESSOR(int, cmpi_thread_single, MPI_THREAD_SINGLE)
CMPI_ACCESSOR(int, cmpi_thread_funneled, MPI_THREAD_FUNNELED)
CMPI_ACCESSOR(int, cmpi_thread_serialized, MPI_THREAD_SERIALIZED)
CMPI_ACCESSOR(int, cmpi_thread_multiple, MPI_THREAD_MULTIPLE)

CMPI_ACCESSOR(MPI_Comm, cmpi_comm_world, MPI_COMM_WORLD)
CMPI_ACCESSOR(int, cmpi_comm_type_shared, MPI_COMM_TYPE_SHARED)
CMPI_ACCESSOR(int, cmpi_mode_nocheck, MPI_MODE_NOCHECK)
CMPI_ACCESSOR(MPI_Info, cmpi_info_null, MPI_INFO_NULL)
CMPI_ACCESSOR(MPI_Errhandler, cmpi_errors_return, MPI_ERRORS_RETURN)
CMPI_ACCESSOR(MPI_Status *, cmpi_status_ignore, MPI_STATUS_IGNORE)
CMPI_ACCESSOR(void *, cmpi_in_place, MPI_IN_PLACE)

CMPI_ACCESSOR(MPI_Datatype, cmpi_int8, MPI_INT8_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_uint8, MPI_UINT8_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_int32, MPI_INT32_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_uint32, MPI_UINT32_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_int64, MPI_INT64_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_uint64, MPI_UINT64_T)
CMPI_ACCESSOR(MPI_Datatype, cmpi_float, MPI_FLOAT)
CMPI_ACCESSOR(MPI_Datatype, cmpi_double, MPI_DOUBLE)

CMPI_ACCESSOR(MPI_Op, cmpi_sum, MPI_SUM)
CMPI_ACCESSOR(MPI_Op, cmpi_product, MPI_PROD)
CMPI_ACCESSOR(MPI_Op, cmpi_minimum, MPI_MIN)
CMPI_ACCESSOR(MPI_Op, cmpi_maximum, MPI_MAX)
CMPI_ACCESSOR(MPI_Op, cmpi_logical_and, MPI_LAND)
CMPI_ACCESSOR(MPI_Op, cmpi_logical_or, MPI_LOR)
CMPI_ACCESSOR(MPI_Op, cmpi_bitwise_and, MPI_BAND)
CMPI_ACCESSOR(MPI_Op, cmpi_bitwise_or, MPI_BOR)
CMPI_ACCESSOR(MPI_Op, cmpi_bitwise_xor, MPI_BXOR)

#undef CMPI_ACCESSOR
